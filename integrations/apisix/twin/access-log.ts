/** APISIX's own `access_log_format` (`apisix/cli/config.lua`, 3.18). The request line stands in it, query and all. */
export const APISIX_ACCESS_LOG_FORMAT =
  '$remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri"';

/** One line of the access log as nginx writes it; `variable` gives undefined for what has no value. */
export function accessLogLine(format: string, variable: (name: string) => string | undefined): string {
  return format.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced: string | undefined, bare: string | undefined) =>
    escaped(variable(braced ?? bare ?? '')),
  );
}

/**
 * `log_format escape=default` of text with one character per byte: a quote, a backslash and what is not printable
 * ASCII become `\xHH`; no value is `-`.
 */
function escaped(value: string | undefined): string {
  if (value === undefined) return '-';
  return value.replace(
    /["\\]|[^\x20-\x7e]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
