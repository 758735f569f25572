/** A line on stderr that tells how far it is: one that moves on a terminal, else one in each EVERY_MS. */
export interface Progress {
  show(words: () => string): void;
  end(): void;
}

const EVERY_MS = { terminal: 1_000, file: 15_000 } as const;

export function progressOnStderr(): Progress {
  const { stderr } = process;
  const at = Date.now();
  let timer: NodeJS.Timeout | undefined;
  return {
    show(words) {
      const tell = (): void => {
        const line = `${((Date.now() - at) / 1_000).toFixed(0).padStart(4)} s  ${words()}`;
        stderr.write(stderr.isTTY ? `\r\u001b[2K${line}\r` : `${line}\n`);
      };
      timer = setInterval(tell, stderr.isTTY ? EVERY_MS.terminal : EVERY_MS.file);
    },
    end() {
      clearInterval(timer);
      if (stderr.isTTY) stderr.write('\r\u001b[2K');
    },
  };
}
