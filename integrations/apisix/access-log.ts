/**
 * What the gateway's access log may hold: `nginx_config.http.access_log_format` in docs/apisix/config.yaml. The path
 * without its query, since a query may carry a token; no referrer, no request line, no `$upstream_uri` and no
 * `$remote_user`, for the same reason. APISIX writes it between single quotes, so that it may hold none.
 */
export const ACCESS_LOG_FORMAT =
  '$remote_addr - - [$time_local] $http_host "$request_method $uri $server_protocol" $status $body_bytes_sent $request_time "$http_user_agent" $upstream_addr $upstream_status $upstream_response_time';
