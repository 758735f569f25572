/** A wait that can be ended early; a ring while nobody waits is kept for the next. */
export interface AlarmClock {
  wait(ms: number): Promise<void>;
  ring(): void;
}

export function alarmClock(): AlarmClock {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    wait(ms) {
      if (rung) {
        rung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const timer = setTimeout(finish, ms);
        function finish(): void {
          clearTimeout(timer);
          wake = undefined;
          rung = false;
          resolve();
        }
        wake = finish;
      });
    },
    ring() {
      if (wake === undefined) rung = true;
      else wake();
    },
  };
}

/** Rejects when `work` has not ended in time; `work` itself goes on. */
export async function within<T>(ms: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
