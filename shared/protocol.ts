/**
 * What travels between client and helper: frames of a 4-byte length (big endian, of what follows) and one JSON document in
 * UTF-8. The client says hello first; then it asks, and every request gets exactly one answer. Events come in between to
 * those who subscribed. Unknown or additional fields end the connection.
 */
import { z } from 'zod';
import { checkResultSchema } from './check.js';
import { receivedProblemSchema } from './errors.js';
import { idSchema } from './plan.js';
import { progressEventSchema } from './progress.js';
import { statusSchema } from './status.js';

export const protocolVersion = 1;

/** Bytes of a frame's content. Requests are small; a review of 100,000 files is not. */
export const largestRequest = 1024 * 1024;
export const largestAnswer = 128 * 1024 * 1024;

/** Milliseconds between two signs of life from the helper while anything is asked of it. */
export const aliveEveryMs = 5_000;

const requestId = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.int() }),
  z.strictObject({
    type: z.literal('request'),
    id: requestId,
    verb: z.string().max(64),
    params: z.unknown(),
  }),
  /** From now on events, the status of this moment first. */
  z.strictObject({ type: z.literal('subscribe') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const helperEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), status: statusSchema }),
  z.strictObject({ kind: z.literal('progress'), run: idSchema, event: progressEventSchema }),
  /** Log lines were left out for a client that reads too slowly. */
  z.strictObject({ kind: z.literal('skipped'), run: idSchema, events: z.number() }),
]);
export type HelperEvent = z.infer<typeof helperEventSchema>;

export const outcomeSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), problem: receivedProblemSchema }),
]);

export const helperMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.int(), version: z.string() }),
  z.strictObject({ type: z.literal('answer'), id: requestId, outcome: outcomeSchema }),
  /** A readiness check of a request has finished. */
  z.strictObject({ type: z.literal('checked'), id: requestId, result: checkResultSchema }),
  z.strictObject({ type: z.literal('event'), event: helperEventSchema }),
  z.strictObject({ type: z.literal('alive') }),
  /** The last message before the helper closes the connection for what the client did. */
  z.strictObject({ type: z.literal('refused'), problem: receivedProblemSchema }),
]);
export type HelperMessage = z.infer<typeof helperMessageSchema>;
