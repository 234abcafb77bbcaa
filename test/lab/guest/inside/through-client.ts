/** As an ordinary user, straight at the socket of the installed helper: the verbs on the command line, and for each the code of what came of it. */
import { connect } from '../../../../electron/helper/client/connect.js';
import type { Verb } from '../../../../shared/operations.js';
import { say, socket } from './guest-system.js';

const [who = '', ...verbs] = process.argv.slice(2);
let connected = await connect({ path: socket, trust: 'root' });
// A guest on a busy machine may need longer to start a helper than a client waits for its first word.
for (let more = 5; !connected.ok && connected.problem.code === 'HELPER_SILENT' && more > 0; more -= 1)
  connected = await connect({ path: socket, trust: 'root' });
if (!connected.ok) say({ who, did: 'connect', code: connected.problem.code });
else {
  for (const verb of verbs) {
    const outcome = await connected.value.call(verb as Verb, paramsOf(verb));
    say({ who, did: verb, code: outcome.ok ? 'ok' : outcome.problem.code });
  }
  connected.value.close();
}

/** Valid ones: what is refused here is refused for who asks. */
function paramsOf(verb: string): object {
  if (verb === 'plan' || verb === 'stage') return { scope: 'all' };
  return verb === 'change' ? { settings: { keepRestorePoints: 7 } } : {};
}
