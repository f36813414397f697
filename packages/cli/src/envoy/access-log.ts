import { any } from './json.ts'
import type { JsonObject } from './json.ts'

/**
 * One JSON object a line on standard output: Istio's default fields under Envoy's names, and the lane. The
 * lane is the header as it leaves the proxy, so that a lane set by a route (a callback's) is in it.
 */
export const accessLog: JsonObject = {
  name: 'envoy.access_loggers.file',
  typed_config: any('envoy.extensions.access_loggers.stream.v3.StdoutAccessLog', {
    log_format: {
      json_format: {
        start_time: '%START_TIME%',
        method: '%REQ(:METHOD)%',
        path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
        authority: '%REQ(:AUTHORITY)%',
        protocol: '%PROTOCOL%',
        lane: '%REQ(PROJECT-VERSION)%',
        response_code: '%RESPONSE_CODE%',
        response_flags: '%RESPONSE_FLAGS%',
        response_code_details: '%RESPONSE_CODE_DETAILS%',
        connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
        upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
        bytes_received: '%BYTES_RECEIVED%',
        bytes_sent: '%BYTES_SENT%',
        duration: '%DURATION%',
        upstream_cluster: '%UPSTREAM_CLUSTER_RAW%',
        upstream_host: '%UPSTREAM_HOST%',
        upstream_attempts: '%UPSTREAM_REQUEST_ATTEMPT_COUNT%',
        route_name: '%ROUTE_NAME%',
        request_id: '%REQ(X-REQUEST-ID)%',
        traceparent: '%REQ(TRACEPARENT)%',
        x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
        downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
      },
    },
  }),
}
