import { prove } from "./everyAction.js"

prove(3, 4)
