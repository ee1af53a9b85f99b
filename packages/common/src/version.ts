/** The version of the platform: all its parts are released together. */
export const VERSION = '0.1.0';
