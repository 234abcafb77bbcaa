/** What travels on the socket of a tab: `{id,name,params}` there, `{id,outcome}` and `{event}` back; JSON, one message each. */
import { z } from 'zod';
import type { AppEvent } from '../../shared/app.js';
import type { Outcome } from '../../shared/errors.js';

/** Bytes of a message from a tab; what it asks is small. */
export const largestMessage = 1024 * 1024;

export const requestSchema = z.strictObject({
  id: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** Any name: one that there is no operation for has an answer, too. */
  name: z.string().max(64),
  params: z.unknown().optional(),
});
export type TabRequest = z.infer<typeof requestSchema>;

export type TabMessage =
  { readonly id: number; readonly outcome: Outcome<unknown> } | { readonly event: AppEvent };

/** Null for what is no request. */
export function readRequest(text: string): TabRequest | null {
  try {
    const read = requestSchema.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
