import type * as Preset from '@docusaurus/preset-classic';
import type { Config } from '@docusaurus/types';

const config: Config = {
  title: 'A Field Guide to Lighthouses',
  url: 'https://field-guide.example',
  baseUrl: '/',
  favicon: 'img/favicon.svg',
  onBrokenLinks: 'throw',

  customFields: {
    backendUrl: process.env.BACKEND_URL || 'http://localhost:8000',
  },

  presets: [
    [
      'classic',
      {
        docs: { routeBasePath: '/' },
        blog: false,
      } satisfies Preset.Options,
    ],
  ],
};

export default config;
