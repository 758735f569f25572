/** What has to be stopped, last started first. Ctrl-C stops all of it; a second Ctrl-C stops at once. */
export function onEnd(say: (line: string) => void): (() => Promise<unknown>)[] {
  const stack: (() => Promise<unknown>)[] = [];
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) process.exit(130);
    ending = true;
    say('\nMidstream is stopping (again to stop at once)');
    for (const stop of stack.reverse())
      await stop().catch((error: unknown) => say(`  ${error instanceof Error ? error.message : String(error)}`));
    process.exit(0);
  };
  process.on('SIGINT', () => void end());
  process.on('SIGTERM', () => void end());
  return stack;
}

/** Why it could not start, and what to do where the disk is full. */
export function whyOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!/No space left on device|ENOSPC|storage-full/.test(message)) return message;
  return `the disk is full: make room, or name a folder on another disk in MIDSTREAM_DATA, and start again; what is there is kept.\n${message}`;
}
