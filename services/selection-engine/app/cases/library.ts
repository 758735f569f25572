import type { Case } from '@midstream/selection-engine-domain';
import { Injectable } from '@nestjs/common';
import { CURATED } from './curated';

/** All cases in memory: those that came with the service, those that operators wrote, and what finished orders add up to. */
@Injectable()
export class CaseLibrary {
  private known: readonly Case[] = CURATED;

  all(): readonly Case[] {
    return this.known;
  }

  replace(cases: readonly Case[]): void {
    this.known = [...CURATED, ...cases];
  }
}
