/** What the telling programs (telling-kernel.s, telling-program.s) said over the serial port, among what others say there. */
export function whatWasStarted(output: string, errors: string): string {
  const started = /^>(.*?)\r?$/m.exec(output)?.[1];
  if (started === undefined) throw new Error(`Nothing was started: ${output}${errors}`);
  return started;
}
