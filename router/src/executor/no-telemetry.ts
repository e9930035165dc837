// The gateway would report usage to its maker from the moment it is constructed. It only looks at the environment.
// eslint-disable-next-line no-restricted-properties -- there is no option to pass
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
