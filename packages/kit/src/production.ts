/**
 * Imported first by every entry point: graphql-js looks at NODE_ENV when it is loaded, and checks each value against several copies
 * of itself unless it says `production` (4% of a listing's CPU).
 */
process.env['NODE_ENV'] ??= 'production';
