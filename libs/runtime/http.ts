import {
  type ArgumentMetadata,
  type ArgumentsHost,
  applyDecorators,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  HttpException,
  Injectable,
  SetMetadata,
  type CanActivate,
  ValidationPipe,
  type ValidationError,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Observable, throwError } from 'rxjs';
import { hashOf, type Idempotency } from './answers';
import { bearerOf, type Caller, type Keys, tenantOf } from './keys';
import { KEY_LENGTH_MAX } from './limits';
import { isTransient } from './postgres';
import { Problem, problemBody } from './problems';
import { type Storage, tryAgain } from './storage';

const SCOPES = 'midstream:scopes';

/** Who may call a route. A route without it is open to nobody. */
export const Scopes = (...scopes: Caller['scope'][]) => SetMetadata(SCOPES, scopes);
export const Public = () => SetMetadata(SCOPES, ['public']);
/** Open to visitors without a key and to every key; a key that is sent must be right. Who it is: `@IfKnown()`. */
export const Open = () => applyDecorators(SetMetadata(SCOPES, ['open']), ApiSecurity({}), ApiSecurity('bearer'));

type Authenticated = FastifyRequest & { caller?: Caller; traceparent?: string };

@Injectable()
export class KeysGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly keys: Keys) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const scopes = this.reflector.getAllAndOverride<string[] | undefined>(SCOPES, [context.getHandler(), context.getClass()]) ?? [];
    if (scopes.includes('public')) return true;
    const request = context.switchToHttp().getRequest<Authenticated>();
    const key = bearerOf(request.headers.authorization);
    const open = scopes.includes('open');
    if (key === undefined && open) return true;
    if (key === undefined) throw new Problem(401, 'key-missing', 'Send your API key', 'Authorization: Bearer <key>');
    const caller = this.keys.callerOf(key);
    if (caller === undefined) throw new Problem(401, 'key-wrong', 'The API key is not known, or was revoked');
    if (!open && !scopes.includes(caller.scope))
      throw new Problem(403, 'scope-missing', `This needs a key with the scope ${scopes.join(' or ')}`);
    request.caller = { ...caller, ...(request.traceparent !== undefined && { traceparent: request.traceparent }) };
    return true;
  }
}

/** The caller, as the guard has recognised it. */
export const From = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<Authenticated>();
  if (caller === undefined) throw new Problem(401, 'key-missing', 'Send your API key', 'Authorization: Bearer <key>');
  return caller;
});

/** The caller of an open route; undefined for a visitor. */
export const IfKnown = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | undefined => context.switchToHttp().getRequest<Authenticated>().caller,
);

/** The request's Idempotency-Key with the hash of what was sent; `required` on whatever moves money or reveals a code. */
export const IdempotencyKey = createParamDecorator(
  (options: { readonly required: boolean } | undefined, context: ExecutionContext): Idempotency | undefined => {
    const request = context.switchToHttp().getRequest<Authenticated>();
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') {
      if (options?.required !== true) return undefined;
      throw new Problem(
        400,
        'idempotency-key-missing',
        'Send an Idempotency-Key',
        'A text of your own that names this request; sending it again gives the same answer.',
      );
    }
    if (key.length > KEY_LENGTH_MAX)
      throw new Problem(400, 'idempotency-key-too-long', `An Idempotency-Key has at most ${KEY_LENGTH_MAX} characters`);
    if (request.caller === undefined) return undefined;
    return { tenant: tenantOf(request.caller), key, hash: hashOf(request.method, request.url, request.body) };
  },
);

/** Bodies, queries and paths are checked before anything else; an unknown property is refused, since it is mostly a misspelt one. */
export const validation = (): ValidationPipe =>
  new Validation({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors: ValidationError[]) => invalid(errors.flatMap((it) => fieldsOf(it))),
  });

interface Field {
  readonly field: string;
  readonly message: string;
}

const invalid = (fields: readonly Field[]): Problem =>
  new Problem(400, 'invalid-body', 'The request is not valid', fields.map((it) => `${it.field}: ${it.message}`).join('; '), { fields });

/**
 * A body of many parts may tell by one look that it keeps to all that is declared of it, and holds no null: class-validator takes 14 us a
 * part. In doubt it says no, and is checked as others are.
 */
interface Quick {
  readonly isPlain?: (body: unknown) => boolean;
}

class Validation extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if ((metadata.metatype as Quick | undefined)?.isPlain?.(value)) return value;
    const fields = unkeepable(value, metadata.data ?? '');
    if (fields.length > 0) throw invalid(fields);
    return withoutNulls(await super.transform(value, metadata));
  }
}

/** NUL and halves of characters: PostgreSQL keeps no text with them. */
const UNKEEPABLE = /[\0\p{Cs}]/u;

function unkeepable(value: unknown, field: string): Field[] {
  if (typeof value === 'string')
    return UNKEEPABLE.test(value) ? [{ field, message: 'a text must not hold NUL or half of a character' }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, it]) => {
    const path = field === '' ? name : `${field}.${name}`;
    return [...unkeepable(name, path), ...unkeepable(it, path)];
  });
}

/** In a body, null is the same as left out; class-validator's IsOptional lets it through. */
export function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) value.forEach(withoutNulls);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) !== Object.prototype)
    for (const [name, it] of Object.entries(value)) {
      if (it === null) Reflect.deleteProperty(value, name);
      else withoutNulls(it);
    }
  return value;
}

function fieldsOf(error: ValidationError, path = ''): Field[] {
  const field = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  return [...own, ...(error.children ?? []).flatMap((it) => fieldsOf(it, field))];
}

/** What Fastify refuses before a route is asked, by status. */
const WORDS: Readonly<Record<number, readonly [code: string, title: string]>> = {
  413: ['body-too-large', 'The body is larger than 1 MiB; send it in parts'],
  415: ['media-type-unknown', 'The route reads no such media type; most read application/json, see /docs'],
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly storage: Storage,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    // the transport decides by the error itself whether to wait
    if (host.getType() !== 'http') return throwError(() => error);
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<Authenticated>();
    const problem = this.problemOf(error, request);
    if (typeof problem.more['retryAfter'] === 'number') void reply.header('retry-after', String(problem.more['retryAfter']));
    void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(problemBody(problem));
  }

  private problemOf(error: unknown, request: Authenticated): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof HttpException) return ofHttp(error.getStatus(), error.message, error.getResponse());
    const status = Number((error as { readonly statusCode?: unknown }).statusCode ?? 0);
    if (status >= 400 && status < 500) return ofHttp(status, messageOf(error), undefined);
    const full = this.storage.problemOf(error);
    if (full !== undefined) return full;
    if (isTransient(error)) {
      this.logger.warn({ err: error, method: request.method, url: request.url }, 'a request met a database that is away');
      return tryAgain();
    }
    this.logger.error({ err: error, method: request.method, url: request.url, traceparent: request.traceparent }, 'a request failed');
    return new Problem(500, 'internal', 'This is our fault; it is logged', undefined, { traceparent: request.traceparent });
  }
}

function ofHttp(status: number, message: string, body: unknown): Problem {
  const [code, title] = WORDS[status] ?? [];
  if (code !== undefined && title !== undefined) return new Problem(status, code, title);
  if (status === 404) return new Problem(404, 'route-not-found', 'There is no such route');
  if (status === 503 && typeof body === 'object') return new Problem(503, 'not-ready', 'Not ready', undefined, { checks: body });
  if (status === 400 && /json/i.test(message)) return new Problem(400, 'json-malformed', 'The body is not valid JSON', message);
  return new Problem(status, `http-${status}`, message);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
