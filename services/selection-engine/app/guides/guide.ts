/** A short text for a situation that merchants and operators meet. */
export interface Guide {
  readonly guideId: string;
  readonly scenarios: readonly string[];
  readonly title: { readonly zh: string; readonly en: string };
  readonly body: { readonly zh: string; readonly en: string };
}
