import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface TransitStandIn {
  readonly url: string;
  /** Makes a new version of the key, as `POST keys/:name/rotate` does. */
  rotate(): void;
  /** What it does next: answers, is sealed (503), or says nothing. */
  mood: 'answers' | 'sealed' | 'silent';
  token: string;
  readonly asked: string[];
  close(): Promise<void>;
}

interface Asked {
  readonly plaintext?: string;
  readonly ciphertext?: string;
  readonly associated_data?: string;
}

/** Behaves as Vault documents its transit engine for a key of type aes256-gcm96: versions, `vault:vN:`, associated data, its errors. */
export async function transitStandIn(mount: string, key: string): Promise<TransitStandIn> {
  const versions = [randomBytes(32)];
  const encrypt = ({ plaintext = '', associated_data = '' }: Asked) => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', versions.at(-1) ?? '', iv).setAAD(Buffer.from(associated_data, 'base64'));
    const sealed = Buffer.concat([iv, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final(), cipher.getAuthTag()]);
    return { ciphertext: `vault:v${versions.length}:${sealed.toString('base64')}`, key_version: versions.length };
  };
  const decrypt = ({ ciphertext = '', associated_data = '' }: Asked) => {
    const [, version, base64] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    const sealed = Buffer.from(base64 ?? '', 'base64');
    const decipher = createDecipheriv('aes-256-gcm', versions[Number(version) - 1] ?? '', sealed.subarray(0, 12))
      .setAAD(Buffer.from(associated_data, 'base64'))
      .setAuthTag(sealed.subarray(-16));
    return { plaintext: Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('base64') };
  };
  const routes: Readonly<Record<string, (asked: Asked) => object>> = {
    [`GET /v1/${mount}/keys/${key}`]: () => ({ name: key, type: 'aes256-gcm96', latest_version: versions.length }),
    [`POST /v1/${mount}/encrypt/${key}`]: encrypt,
    [`POST /v1/${mount}/decrypt/${key}`]: decrypt,
  };
  const server: Server = createServer((request, response) => {
    const tell = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    void text(request).then((body) => {
      const path = `${request.method} ${request.url}`;
      standIn.asked.push(path);
      if (standIn.mood === 'silent') return;
      if (standIn.mood === 'sealed') return tell(503, { errors: ['Vault is sealed'] });
      if (request.headers['x-vault-token'] !== standIn.token) return tell(403, { errors: ['permission denied'] });
      const route = routes[path];
      if (route === undefined) return tell(404, { errors: [] });
      try {
        tell(200, { request_id: '1', data: route(body === '' ? {} : (JSON.parse(body) as Asked)) });
      } catch {
        tell(400, { errors: ['cipher: message authentication failed'] });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: TransitStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rotate: () => void versions.push(randomBytes(32)),
    mood: 'answers',
    token: 'hvs.first',
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return standIn;
}
