/** A wait that can be ended early; a ring while nobody waits is kept for the next. */
export interface AlarmClock {
  /** Whether it rang. */
  wait(ms: number): Promise<boolean>;
  ring(): void;
}

export function alarmClock(): AlarmClock {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    wait(ms) {
      if (rung) {
        rung = false;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const finish = (rang: boolean): void => {
          clearTimeout(timer);
          wake = undefined;
          resolve(rang);
        };
        const timer = setTimeout(finish, ms, false);
        wake = () => finish(true);
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
