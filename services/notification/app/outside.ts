import type { AttemptResult, AttemptDue } from '@midstream/notification-domain';
import { Database, type EffectContext, Problem, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { isPrivateLiteral } from './address';
import { Secrets } from './secrets';
import { type Send, sender } from './sender';

/** An effect gets the database and not the providers: this is the way from one to the other, also with several services in one process. */
const outsides = new WeakMap<Database, Outside>();

/** The way out: who may be called, and with which signature. */
@Injectable()
export class Outside {
  private readonly secrets: Secrets;
  private readonly send: Send;
  private readonly allowPrivate: boolean;

  constructor(database: Database, @Inject(SETTINGS) settings: Readonly<Record<string, string>>) {
    this.allowPrivate = settings['allowPrivate'] === 'true';
    this.secrets = new Secrets(settings['webhookKey'] ?? settings['vaultKey']);
    this.send = sender({ allowPrivate: this.allowPrivate });
    outsides.set(database, this);
  }

  get keyId(): string {
    return this.secrets.currentKeyId;
  }

  secretOf(endpointId: string, keyId: string): string {
    return this.secrets.secretOf(endpointId, keyId);
  }

  /** @throws Problem where nobody may be called at this URL; a name is judged again when it is resolved. */
  allowed(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const schemes = this.allowPrivate ? ['https:', 'http:'] : ['https:'];
    const plain = url?.username === '' && url.password === '' && schemes.includes(url.protocol);
    if (url === undefined || !plain) throw new Problem(422, 'url-not-allowed', 'The URL must be an https URL without a user name');
    if (!this.allowPrivate && isPrivateLiteral(url.hostname)) throw new Problem(422, 'url-not-allowed', 'The address is not a public one');
    return url.href;
  }

  attempt({ letter, url, keyId }: AttemptDue, { signal, traceparent }: EffectContext): Promise<AttemptResult> {
    const { messageId, endpointId, body } = letter;
    const secret = this.secretOf(endpointId, keyId);
    return this.send({ url, messageId, body, secret, signal, ...(traceparent !== undefined && { traceparent }) });
  }
}

export function outsideOf({ database }: EffectContext): Outside {
  const outside = outsides.get(database);
  if (outside === undefined) throw new Error('the service is not started yet');
  return outside;
}
