/** Where the page of a product is, below the shop's own address. */
export const productPath = (handle: string): string => `/products/${encodeURIComponent(handle)}`;

/** Where the page of a collection is, below the shop's own address. */
export const collectionPath = (handle: string): string => `/collections/${encodeURIComponent(handle)}`;

/** Where the page of a category is, below the shop's own address. */
export const categoryPath = (handle: string): string => `/categories/${encodeURIComponent(handle)}`;
