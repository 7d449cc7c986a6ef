import useDocusaurusContext from '@docusaurus/useDocusaurusContext';
import React from 'react';

export default function ApiLink() {
  const { siteConfig } = useDocusaurusContext();
  return (
    <a id="documentation" href={`${siteConfig.customFields?.backendUrl}/docs`}>
      its API
    </a>
  );
}
