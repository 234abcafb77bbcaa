/**
 * What `systemd-analyze verify` prints, one message a line. It has three forms (seen with systemd 252):
 *
 *     /usr/lib/systemd/system/name.service:7: Unknown key 'Foo' in section [Unit], ignoring.
 *     name.service: Command /usr/bin/name is not executable: No such file or directory
 *     Unit name.service has a bad unit file setting.
 *
 * A line about a unit that it merely came across is noise here; so is the remark that a unit is masked.
 */
export interface UnitMessage {
  /** The unit's name; the instance that systemd makes up for a template is taken out again. */
  readonly unit: string;
  readonly text: string;
  /** `broken`: the unit is refused, or cannot do its work; `remark`: systemd carries on. */
  readonly weight: 'broken' | 'remark';
}

const unit = String.raw`[A-Za-z0-9:_.@\\-]+\.(?:service|socket|timer|mount|path|target)`;
const forms = [
  new RegExp(String.raw`^/\S*/(${unit})(?:\.d/[^:]*)?(?::\d+)?: (.*)$`),
  new RegExp(String.raw`^(${unit}): (.*)$`),
  new RegExp(String.raw`^Unit (${unit}) (.*)$`),
];

const broken =
  /Refusing|bad unit file setting|failed to load|is not executable|cannot be started|Invalid section header|Failed to (?:load|prepare|parse unit)|not found/;

/** A unit that is masked is so on purpose; a tree that was never started has no machine id and no host name to fill in. */
const noise = /^is masked\b|^Failed to resolve (?:unit )?specifiers? in /;

/** The messages in the output; lines of no known form are left out. */
export function unitMessages(output: string): UnitMessage[] {
  const messages: UnitMessage[] = [];
  for (const line of output.split('\n')) {
    for (const form of forms) {
      const match = form.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) continue;
      const text = match[2].trim();
      if (noise.test(text)) break;
      const remark = /\bignor(?:ing|ed)\b/.test(text) || !broken.test(text);
      messages.push({ unit: templateOf(match[1]), text, weight: remark ? 'remark' : 'broken' });
      break;
    }
  }
  return messages;
}

/** `name@i.service` as `name@.service`. */
export function templateOf(name: string): string {
  return name.replace(/@[^.@]*(\.[a-z]+)$/, '@$1');
}

/** The program that a message says cannot be run. */
export function missingCommand(text: string): string | undefined {
  return /^Command (\/.+) is not executable: /.exec(text)?.[1];
}

/** The service that a message says is not there. */
export function missingService(text: string): string | undefined {
  return /^service (\S+) not loaded, socket cannot be started/.exec(text)?.[1];
}
