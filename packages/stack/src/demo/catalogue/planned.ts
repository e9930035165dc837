/** What the demo's merchandiser has planned, and nobody sees before. */

/** The marketplaces sell this knife from the next season on; other blades never. */
export const SCHEDULED = { handle: 'whittling-set-for-kids', channel: 'marketplace' } as const;

/** When next year's season begins: 1 March at 07:00 UTC, two months ahead at the least. */
export const nextSeason = (now: Date): string => new Date(Date.UTC(now.getUTCFullYear() + 1, 2, 1, 7)).toISOString();

/** A change that waits for somebody to publish it. */
export const DRAFT = {
  handle: 'kessler-roll-top',
  change: {
    title: 'Kessler Roll-Top, Second Edition',
    descriptionHtml:
      '<p>Waxed canvas and bridle leather, now with a sleeve for a laptop and a second pair of rivets where the first edition wore through.</p>',
    texts: [
      {
        locale: 'de',
        title: 'Kessler Roll-Top, zweite Auflage',
        descriptionHtml:
          '<p>Gewachstes Segeltuch und Zaumleder, jetzt mit Laptopfach und einem zweiten Paar Nieten dort, wo sich die erste Auflage durchgescheuert hat.</p>',
      },
    ],
  },
} as const;
