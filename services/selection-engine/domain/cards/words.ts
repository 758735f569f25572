/** Where people read, both languages are said. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}
