/** A proof in the app's own words, by its id; a proof of a newer helper speaks for itself. */
import type { Proof } from '../../../shared/changeset.js';
import type { ProofWords } from '../../words/en/wizard-proofs.js';
import type { Words } from '../../words/vocabulary.js';

export interface ProofText {
  readonly title: string | null;
  readonly sentence: string;
  /** What the engine says, such as how many programs were looked at, and why. */
  readonly details: readonly string[];
}

export function proofText({ id, result, sentence, details }: Proof, { wizard }: Words): ProofText {
  const { known } = wizard.review.proofs;
  const own: ProofWords | undefined = Object.hasOwn(known, id) ? known[id] : undefined;
  if (!own) return { title: null, sentence, details };
  const text = own[result];
  return { title: own.title, sentence: text, details: text === sentence ? details : [sentence, ...details] };
}
