import type { AttemptResult, NotificationEvent } from '@midstream/notification-domain';
import type { Call } from './machine';
import type { Random } from './random';

type AttemptDue = Extract<NotificationEvent, { readonly type: 'AttemptDue' }>;

export const RECEIVER_MOODS = ['ok', 'down', 'failing', 'gone', 'patient'] as const;
export type ReceiverMood = (typeof RECEIVER_MOODS)[number];

/** The merchants' servers that webhooks go to. */
export class Receivers {
  /** By endpoint. */
  readonly moods = new Map<string, ReceiverMood>();
  /** What each endpoint has answered 2xx to, by `webhook-id`. */
  readonly taken = new Map<string, string>();

  constructor(private readonly random: Random) {}

  call({ letter, attempt }: AttemptDue): Call {
    const { random } = this;
    const { messageId, endpointId, body } = letter;
    const act = () => {
      const mood = this.moods.get(endpointId) ?? 'ok';
      const result = resultOf(mood);
      if (result.status === 200) this.taken.set(messageId, body);
      const command = { type: 'NoteAttempt', messageId, attempt, result };
      return [command];
    };
    return { reachMs: random.whole(1, 20), answerMs: random.whole(1, 200), act };
  }
}

function resultOf(mood: ReceiverMood): AttemptResult {
  switch (mood) {
    case 'ok':
      return { status: 200, durationMs: 20 };
    case 'down':
      return { error: 'ECONNREFUSED', durationMs: 1 };
    case 'failing':
      return { status: 500, durationMs: 30 };
    case 'gone':
      return { status: 410, durationMs: 10 };
    case 'patient':
      return { status: 429, durationMs: 10, retryAfterMs: 20_000 };
  }
}
