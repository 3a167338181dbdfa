import { prove } from "./everyAction.js"

prove(1, 4)
