import { prove } from "./everyAction.js"

prove(2, 4)
