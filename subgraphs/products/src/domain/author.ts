/** Who changes a product, for its history. */
export interface Author {
  /** The caller's role, such as `staff`. */
  readonly role: string;
  /** Customer id, credential id, service name. */
  readonly subject: string;
  readonly staffId: string | null;
  readonly channel: string | null;
  /** What was done, such as `productUpdate`. */
  readonly action: string;
}

/** The service itself, or the importer: nobody who could be named. */
export const serviceAuthor = (action: string): Author => ({
  role: 'service',
  subject: 'products',
  staffId: null,
  channel: null,
  action,
});
