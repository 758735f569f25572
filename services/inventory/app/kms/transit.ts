import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { KEY_BYTES, type Kms, KMS_WAIT_MS, KmsProblem, type Wrapped } from './kms';

export interface TransitOptions {
  /** Where Vault is: `https://vault.example:8200`. */
  readonly url: string;
  /** The name of a key of type aes256-gcm96. */
  readonly key: string;
  readonly mount: string;
  /** A file, as Vault's agent writes it: read anew for each call, since the agent renews it. */
  readonly tokenPath: string;
  readonly namespace?: string;
  readonly waitMs?: number;
}

const CIPHERTEXT = /^vault:v(\d+):[A-Za-z0-9+/=]+$/;
const ANSWER_BYTES_MAX = 64 * 1024;
/** A standby that takes over, or one lost packet, is not a stop of the vault. Both calls may be repeated. */
const TRIES = 2;

/**
 * HashiCorp Vault's (and OpenBao's) transit engine over HTTP: the key never leaves it, its versions are ours, and the row that a data key
 * belongs to is its associated data. https://developer.hashicorp.com/vault/api-docs/secret/transit
 */
export class TransitKms implements Kms {
  readonly kind = 'transit';
  private readonly agent = new Agent({ connections: 8, connect: { timeout: KMS_WAIT_MS } });

  constructor(private readonly options: TransitOptions) {}

  async newest(): Promise<string> {
    const { latest_version: version } = await this.ask('GET', `keys/${this.options.key}`);
    if (typeof version !== 'number') throw new KmsProblem('Vault has not said which version of its key is the newest');
    return this.idOf(version);
  }

  async wrap(dataKey: Buffer, of: string): Promise<Wrapped> {
    const { ciphertext } = await this.ask('POST', `encrypt/${this.options.key}`, {
      plaintext: dataKey.toString('base64'),
      associated_data: Buffer.from(of).toString('base64'),
    });
    const [, version] = CIPHERTEXT.exec(typeof ciphertext === 'string' ? ciphertext : '') ?? [];
    if (version === undefined) throw new KmsProblem('Vault has not answered with a ciphertext');
    return { kekId: this.idOf(Number(version)), wrapped: Buffer.from(String(ciphertext)) };
  }

  async unwrap({ kekId, wrapped }: Wrapped, of: string): Promise<Buffer> {
    const [, name] = kekId.split(':');
    const { plaintext } = await this.ask('POST', `decrypt/${name ?? this.options.key}`, {
      ciphertext: wrapped.toString(),
      associated_data: Buffer.from(of).toString('base64'),
    });
    const key = Buffer.from(typeof plaintext === 'string' ? plaintext : '', 'base64');
    if (key.length !== KEY_BYTES) throw new KmsProblem(`Vault has answered with ${key.length} bytes for a key of ${KEY_BYTES}`);
    return key;
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private idOf(version: number): string {
    return `transit:${this.options.key}:v${version}`;
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>> {
    for (let left = TRIES - 1; ; left--) {
      try {
        return await this.askOnce(method, path, body);
      } catch (error) {
        if (left === 0 || !(error instanceof Unreachable)) throw error;
      }
    }
  }

  private async askOnce(method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>> {
    const { url, mount, tokenPath, namespace, waitMs = KMS_WAIT_MS } = this.options;
    const token = readFileSync(tokenPath, 'utf8').trim();
    let status: number;
    let text: string;
    try {
      const answer = await request(new URL(`/v1/${mount}/${path}`, url), {
        method,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(waitMs),
        headers: {
          'x-vault-token': token,
          'x-vault-request': 'true',
          ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      status = answer.statusCode;
      text = await textOf(answer.body);
    } catch (error) {
      throw new Unreachable(`Vault at ${url} does not answer (${error instanceof Error ? error.name : 'error'})`);
    }
    if (status >= 500) throw new Unreachable(`Vault at ${url} answers ${status}: ${errorsOf(text) || 'sealed, or on its way up'}`);
    if (status !== 200) throw new KmsProblem(`Vault refuses ${method} ${mount}/${path} with ${status}: ${errorsOf(text)}`);
    return dataOf(text);
  }
}

class Unreachable extends KmsProblem {}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error('too long an answer');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function dataOf(text: string): Record<string, unknown> {
  const { data } = parsed(text);
  if (typeof data !== 'object' || data === null)
    throw new KmsProblem('Vault has answered something that is no answer of its transit engine');
  return data as Record<string, unknown>;
}

/** Vault's own words of what is wrong; they name paths and policies, and never a plaintext. */
function errorsOf(text: string): string {
  const { errors } = parsed(text);
  return Array.isArray(errors) ? errors.join('; ').slice(0, 300) : '';
}

function parsed(text: string): { readonly data?: unknown; readonly errors?: unknown } {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
