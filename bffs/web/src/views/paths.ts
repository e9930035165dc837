/** Where the page of a product is, below the shop's own address. */
export const productPath = (handle: string): string => `/products/${encodeURIComponent(handle)}`;

/** Where the page of a collection is, below the shop's own address. */
export const collectionPath = (handle: string): string => `/collections/${encodeURIComponent(handle)}`;
