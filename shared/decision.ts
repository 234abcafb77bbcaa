/** What a user decides about one conflict: an enumeration, never a text or a path. */
import { z } from 'zod';
import { idSchema } from './plan.js';

export const choices = ['mine', 'theirs'] as const;
export type Choice = (typeof choices)[number];

export const decisionSchema = z.strictObject({
  /** The conflict's own id in the review. */
  conflict: idSchema,
  choice: z.enum(choices),
});
export type Decision = z.infer<typeof decisionSchema>;
