import { prove } from "./everyAction.js"

prove(0, 4)
