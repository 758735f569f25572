import { Commands, Database } from '@midstream/runtime';
import type { OfferBook, SelectionCommand } from '@midstream/selection-engine-domain';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { writeEnds } from './cases/ends';

const books = new WeakMap<Database, OfferBook>();

/** The book of the replica that has this database, for its loops. */
export function bookOf(database: Database): OfferBook {
  const book = books.get(database);
  if (book === undefined) throw new Error('a loop runs before its service is made');
  return book;
}

@Injectable()
export class Books implements OnApplicationShutdown {
  constructor(
    private readonly commands: Commands<SelectionCommand>,
    private readonly database: Database,
  ) {
    books.set(database, commands.view());
  }

  /** Nothing more is heard by now. Where the database is away, statistics are no reason to wait for it. */
  async onApplicationShutdown(): Promise<void> {
    try {
      while ((await writeEnds(this.database, this.commands.view())) > 0);
    } catch {
      return;
    }
  }
}
