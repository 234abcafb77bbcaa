/** What a practice run did and proved. */
import { z } from 'zod';

export const practiceResultSchema = z.strictObject({
  /** The folder of the practice system. */
  root: z.string(),
  /** False when it was removed again. */
  kept: z.boolean(),
  /** Where the updates came from. */
  updates: z.enum(['archive', 'built']),
  steps: z.array(z.strictObject({ name: z.string(), seconds: z.number(), sentence: z.string() })),
  /** One sentence for each thing that was proved. */
  proved: z.array(z.string()),
});
export type PracticeResult = z.infer<typeof practiceResultSchema>;
