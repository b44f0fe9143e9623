/**
 * Whether this is one of the bundles, which only browsers load: the build puts true or false in its place. What is for
 * Node.js and React Native alone is left out there.
 */
declare const IN_BUNDLE: boolean;
