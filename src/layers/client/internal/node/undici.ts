/// <reference path="./undiciParts.d.ts" />
/**
 * The parts of undici that one connection needs. Its index loads four times as many files: pools, `fetch`, WebSockets, mocks.
 */
import type * as Undici from "undici"
import connect from "undici/lib/core/connect.js"
import allErrors from "undici/lib/core/errors.js"
import allUtil from "undici/lib/core/util.js"
import OneClient from "undici/lib/dispatcher/client.js"

// The types are written out, so that the declarations that users get speak of undici's own alone.

export const Client: typeof Undici.Client = OneClient

export const buildConnector: typeof Undici.buildConnector = connect

export const errors: typeof Undici.errors = allErrors

export const util: typeof Undici.util = allUtil
