/** One session's question, as APISIX puts it for a client that holds its cookie. */
export interface GatewayQuestion {
  readonly gatewaySecret: string;
  readonly slug: string;
  /** A whole `Cookie` header. */
  readonly cookie: string;
}

/** The headers of a sub-request of APISIX's forward-auth plugin with our settings. */
export function gatewayHeaders(question: GatewayQuestion): Record<string, string> {
  const uri = `/customer/s/${question.slug}`;
  return {
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Host': 'sessions.example.com',
    'X-Forwarded-Uri': uri,
    'X-Forwarded-For': '203.0.113.7',
    'X-Gateway-Auth': question.gatewaySecret,
    'X-Original-Uri': uri,
    Cookie: question.cookie,
    Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
    'User-Agent': 'lua-resty-http/0.17.2 (Lua) ngx_lua/10028',
  };
}
