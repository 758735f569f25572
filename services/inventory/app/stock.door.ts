import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type StockAnswer, StockAnswers, type StockAsk } from './stock.answers';
import { tagOf } from './stock.figure';

/** A question that was checked, as its address put it. */
export interface StockQuestion {
  readonly ask: StockAsk;
  readonly limit: number;
  /** The SKU behind which a page begins. */
  readonly after?: string;
}

/** Addresses that are remembered; callers choose them, so that there is a limit. */
const QUESTIONS_MAX = 5_000;
const ADDRESS_LENGTH_MAX = 500;

/**
 * Visitors ask the same few addresses again and again. What such an address asks was found out and checked the first time, by the route; from
 * then on it is answered here, after requests are counted and traced, and before anything is looked for.
 */
@Injectable()
export class StockDoor implements OnModuleInit {
  private readonly known = new Map<string, StockQuestion>();

  constructor(
    private readonly answers: StockAnswers,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance<FastifyInstance>().addHook('onRequest', ({ method, url, headers }, reply, done) => {
      const question = method === 'GET' && headers.authorization === undefined ? this.known.get(url) : undefined;
      if (question === undefined) done();
      else this.tell(reply, headers['if-none-match'], this.answers.answer(question.ask, question.limit, question.after));
    });
  }

  /** `url`: with its query, of a visitor who got an answer. */
  remember(url: string, question: StockQuestion): void {
    if (url.length > ADDRESS_LENGTH_MAX) return;
    if (this.known.size >= QUESTIONS_MAX) this.known.clear();
    this.known.set(url, question);
  }

  /** `scope`: of the caller's key; a visitor has none. `offers`: JSON, of those who may see them. */
  tell(reply: FastifyReply, ifNoneMatch: string | undefined, answer: StockAnswer, scope?: string, offers?: string): void {
    const tag = offers === undefined ? `${answer.tag}${this.answers.isExact(scope) ? '' : '-r'}` : tagOf(answer.tag + offers);
    const etag = `W/"${tag}"`;
    void reply.headers({ etag, 'cache-control': 'no-cache', vary: 'authorization', ...TO_EVERY_SITE });
    if (isSame(ifNoneMatch, etag)) return void reply.status(304).send();
    const now = Date.now();
    const items = answer.figures.map((it) => this.answers.text(it, scope, now)).join(',');
    const unknown = answer.unknown.length === 0 ? '' : `,"unknown":${JSON.stringify(answer.unknown)}`;
    const next = answer.next === undefined ? '' : `,"next":"${answer.next}"`;
    const theirs = offers === undefined ? '' : `,"offers":${offers}`;
    void reply.header('content-type', 'application/json; charset=utf-8').send(`{"items":[${items}]${unknown}${next}${theirs}}`);
  }
}

/** It is open to everybody, so that pages of any site may show it. */
export const TO_EVERY_SITE = { 'access-control-allow-origin': '*' } as const;

const isSame = (given: string | undefined, etag: string): boolean =>
  given !== undefined && (given === '*' || given.split(',').some((it) => it.trim().replace(/^W\//, '') === etag.slice(2)));
