// The gateway would report usage to its maker from the moment it is imported. It only looks at the environment.
process.env['APOLLO_TELEMETRY_DISABLED'] = '1';
