/** What a user changes after the rehearsal, in a tree. */
import { addAccount, editFiles } from './guest/inside/edits.js';
import { inTree } from './practice-system.js';

export async function editAsUser(root: string): Promise<void> {
  editFiles(root);
  await inTree(root, addAccount);
}
