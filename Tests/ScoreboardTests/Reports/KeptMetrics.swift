extension GoldenTests {
    /// What `/metrics` said of the board before counters were rows.
    static let keptMetrics = #"""
        # HELP gateway_build_info The program's version, as a label; always 1.
        # TYPE gateway_build_info gauge
        gateway_build_info{version="1.2.3"} 1
        # HELP gateway_uptime_seconds Time since the supervisor started.
        # TYPE gateway_uptime_seconds gauge
        gateway_uptime_seconds 99.5
        # HELP gateway_state What the daemon is doing: 1 for the state that it is in.
        # TYPE gateway_state gauge
        gateway_state{state="running"} 1
        gateway_state{state="reloading"} 0
        gateway_state{state="draining"} 0
        gateway_state{state="degraded"} 0
        # HELP gateway_workers_wanted Workers that there should be.
        # TYPE gateway_workers_wanted gauge
        gateway_workers_wanted 1
        # HELP gateway_workers_ready Workers that serve.
        # TYPE gateway_workers_ready gauge
        gateway_workers_ready 1
        # HELP gateway_restarts_total Workers started because the one before them ended.
        # TYPE gateway_restarts_total counter
        gateway_restarts_total 1
        # HELP gateway_generation Configurations put into use since the supervisor started.
        # TYPE gateway_generation gauge
        gateway_generation 3
        # HELP gateway_config_load_timestamp_seconds When the configuration was put into use.
        # TYPE gateway_config_load_timestamp_seconds gauge
        gateway_config_load_timestamp_seconds 1772323199.042
        # HELP gateway_config_last_reload_successful 0 when the last reload failed or was refused.
        # TYPE gateway_config_last_reload_successful gauge
        gateway_config_last_reload_successful 0
        # HELP gateway_connections_active Clients' connections that are open.
        # TYPE gateway_connections_active gauge
        gateway_connections_active{worker="0"} 36
        # HELP gateway_connections_accepted_total Clients' connections accepted.
        # TYPE gateway_connections_accepted_total counter
        gateway_connections_accepted_total{worker="0"} 200
        # HELP gateway_requests_started_total Requests begun; those that died with a worker are in no class.
        # TYPE gateway_requests_started_total counter
        gateway_requests_started_total{worker="0"} 200
        # HELP gateway_requests_total Requests answered, by the class of the status.
        # TYPE gateway_requests_total counter
        gateway_requests_total{worker="0",class="1xx"} 24
        gateway_requests_total{worker="0",class="2xx"} 38
        gateway_requests_total{worker="0",class="3xx"} 37
        gateway_requests_total{worker="0",class="4xx"} 40
        gateway_requests_total{worker="0",class="5xx"} 40
        # HELP gateway_requests_in_flight Requests begun and not answered yet.
        # TYPE gateway_requests_in_flight gauge
        gateway_requests_in_flight{worker="0"} 10
        # HELP gateway_requests_rate_limited_total Requests refused because of a rate limit; among the 4xx as well.
        # TYPE gateway_requests_rate_limited_total counter
        gateway_requests_rate_limited_total{worker="0"} 106
        # HELP gateway_requests_refused_total Requests refused for want of a call that they need, or because of too many; among the 5xx as well.
        # TYPE gateway_requests_refused_total counter
        gateway_requests_refused_total{worker="0"} 71
        # HELP gateway_requests_adaptive_limit Requests in flight that the workers allow, all together.
        # TYPE gateway_requests_adaptive_limit gauge
        gateway_requests_adaptive_limit 64
        # HELP gateway_request_duration_seconds How long requests took.
        # TYPE gateway_request_duration_seconds histogram
        gateway_request_duration_seconds_bucket{worker="0",le="0.001"} 0
        gateway_request_duration_seconds_bucket{worker="0",le="0.0025"} 0
        gateway_request_duration_seconds_bucket{worker="0",le="0.005"} 0
        gateway_request_duration_seconds_bucket{worker="0",le="0.01"} 0
        gateway_request_duration_seconds_bucket{worker="0",le="0.025"} 2
        gateway_request_duration_seconds_bucket{worker="0",le="0.05"} 3
        gateway_request_duration_seconds_bucket{worker="0",le="0.1"} 7
        gateway_request_duration_seconds_bucket{worker="0",le="0.25"} 10
        gateway_request_duration_seconds_bucket{worker="0",le="0.5"} 19
        gateway_request_duration_seconds_bucket{worker="0",le="1.0"} 39
        gateway_request_duration_seconds_bucket{worker="0",le="2.5"} 93
        gateway_request_duration_seconds_bucket{worker="0",le="5.0"} 179
        gateway_request_duration_seconds_bucket{worker="0",le="10.0"} 179
        gateway_request_duration_seconds_bucket{worker="0",le="+Inf"} 179
        gateway_request_duration_seconds_sum{worker="0"} 384.006028
        gateway_request_duration_seconds_count{worker="0"} 179
        # HELP gateway_calls_total Calls to upstreams begun.
        # TYPE gateway_calls_total counter
        gateway_calls_total{worker="0"} 245
        # HELP gateway_calls_in_flight Calls begun and not settled yet.
        # TYPE gateway_calls_in_flight gauge
        gateway_calls_in_flight{worker="0"} 13
        # HELP gateway_calls_failed_total Calls failed, by the reason.
        # TYPE gateway_calls_failed_total counter
        gateway_calls_failed_total{worker="0",reason="timeout"} 17
        gateway_calls_failed_total{worker="0",reason="connect"} 5
        gateway_calls_failed_total{worker="0",reason="dns"} 6
        gateway_calls_failed_total{worker="0",reason="tls"} 7
        gateway_calls_failed_total{worker="0",reason="reset"} 10
        gateway_calls_failed_total{worker="0",reason="protocol"} 6
        gateway_calls_failed_total{worker="0",reason="status"} 10
        gateway_calls_failed_total{worker="0",reason="too_large"} 4
        gateway_calls_failed_total{worker="0",reason="invalid_json"} 9
        gateway_calls_failed_total{worker="0",reason="conflict"} 10
        gateway_calls_failed_total{worker="0",reason="dependency"} 12
        gateway_calls_failed_total{worker="0",reason="circuit_open"} 6
        gateway_calls_failed_total{worker="0",reason="overloaded"} 9
        gateway_calls_failed_total{worker="0",reason="shed"} 12
        gateway_calls_failed_total{worker="0",reason="cancelled"} 10
        gateway_calls_failed_total{worker="0",reason="forbidden"} 15
        # HELP gateway_worker_state Where the worker is in its life: 1 for the state that it is in.
        # TYPE gateway_worker_state gauge
        gateway_worker_state{worker="0",state="starting"} 0
        gateway_worker_state{worker="0",state="ready"} 1
        gateway_worker_state{worker="0",state="draining"} 0
        gateway_worker_state{worker="0",state="unresponsive"} 0
        gateway_worker_state{worker="0",state="dead"} 0
        gateway_worker_state{worker="0",state="held"} 0
        # HELP gateway_worker_restarts_total Starts because the one before it ended.
        # TYPE gateway_worker_restarts_total counter
        gateway_worker_restarts_total{worker="0"} 1
        # HELP gateway_loop_lag_seconds How late the event loop ran what was due.
        # TYPE gateway_loop_lag_seconds histogram
        gateway_loop_lag_seconds_bucket{worker="0",le="0.001"} 14
        gateway_loop_lag_seconds_bucket{worker="0",le="0.0025"} 29
        gateway_loop_lag_seconds_bucket{worker="0",le="0.005"} 58
        gateway_loop_lag_seconds_bucket{worker="0",le="0.01"} 122
        gateway_loop_lag_seconds_bucket{worker="0",le="0.025"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="0.05"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="0.1"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="0.25"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="0.5"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="1.0"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="2.5"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="5.0"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="10.0"} 200
        gateway_loop_lag_seconds_bucket{worker="0",le="+Inf"} 200
        gateway_loop_lag_seconds_sum{worker="0"} 1.637147
        gateway_loop_lag_seconds_count{worker="0"} 200
        # HELP gateway_worker_heartbeat_age_seconds Time since the event loop was last alive.
        # TYPE gateway_worker_heartbeat_age_seconds gauge
        gateway_worker_heartbeat_age_seconds{worker="0"} 0.25
        # HELP gateway_worker_resident_memory_bytes Memory held in RAM, shared pages included.
        # TYPE gateway_worker_resident_memory_bytes gauge
        gateway_worker_resident_memory_bytes{worker="0"} 4096
        # HELP gateway_worker_cpu_seconds_total Time on a CPU, user and system; begins anew with each process of the worker.
        # TYPE gateway_worker_cpu_seconds_total counter
        gateway_worker_cpu_seconds_total{worker="0"} 1.25
        # HELP gateway_access_log_lines_dropped_total Lines of the access log that nobody took.
        # TYPE gateway_access_log_lines_dropped_total counter
        gateway_access_log_lines_dropped_total{worker="0"} 94
        # HELP gateway_log_lines_dropped_total Lines of the daemon's log that nobody took.
        # TYPE gateway_log_lines_dropped_total counter
        gateway_log_lines_dropped_total 5
        # HELP gateway_trace_spans_exported_total Spans that the collector has taken.
        # TYPE gateway_trace_spans_exported_total counter
        gateway_trace_spans_exported_total{worker="0"} 1110
        # HELP gateway_trace_spans_dropped_total Spans for which there was no room, or no collector.
        # TYPE gateway_trace_spans_dropped_total counter
        gateway_trace_spans_dropped_total{worker="0"} 144
        # HELP gateway_route_requests_total Requests answered, by route and class of the status.
        # TYPE gateway_route_requests_total counter
        gateway_route_requests_total{route="/page/{id}",class="1xx"} 13
        gateway_route_requests_total{route="/page/{id}",class="2xx"} 18
        gateway_route_requests_total{route="/page/{id}",class="3xx"} 18
        gateway_route_requests_total{route="/page/{id}",class="4xx"} 24
        gateway_route_requests_total{route="/page/{id}",class="5xx"} 26
        # HELP gateway_route_request_duration_seconds How long the requests of a route took.
        # TYPE gateway_route_request_duration_seconds histogram
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.001"} 0
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.0025"} 0
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.005"} 0
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.01"} 0
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.025"} 1
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.05"} 1
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.1"} 3
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.25"} 4
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="0.5"} 10
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="1.0"} 18
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="2.5"} 50
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="5.0"} 99
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="10.0"} 99
        gateway_route_request_duration_seconds_bucket{route="/page/{id}",le="+Inf"} 99
        gateway_route_request_duration_seconds_sum{route="/page/{id}"} 213.460901
        gateway_route_request_duration_seconds_count{route="/page/{id}"} 99
        # HELP gateway_upstream_calls_total Calls begun.
        # TYPE gateway_upstream_calls_total counter
        gateway_upstream_calls_total{upstream="us\"ers"} 122
        # HELP gateway_upstream_calls_in_flight Calls begun and not settled yet.
        # TYPE gateway_upstream_calls_in_flight gauge
        gateway_upstream_calls_in_flight{upstream="us\"ers"} 7
        # HELP gateway_upstream_calls_failed_total Calls failed, by the reason.
        # TYPE gateway_upstream_calls_failed_total counter
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="timeout"} 7
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="connect"} 2
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="dns"} 3
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="tls"} 4
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="reset"} 4
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="protocol"} 3
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="status"} 5
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="too_large"} 0
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="invalid_json"} 6
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="conflict"} 7
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="dependency"} 6
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="circuit_open"} 4
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="overloaded"} 5
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="shed"} 6
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="cancelled"} 3
        gateway_upstream_calls_failed_total{upstream="us\"ers",reason="forbidden"} 7
        # HELP gateway_upstream_retries_total Attempts after the first, for failures.
        # TYPE gateway_upstream_retries_total counter
        gateway_upstream_retries_total{upstream="us\"ers"} 110
        # HELP gateway_upstream_hedges_total Copies sent because the first attempt was slow.
        # TYPE gateway_upstream_hedges_total counter
        gateway_upstream_hedges_total{upstream="us\"ers"} 66
        # HELP gateway_upstream_hedges_won_total Copies that were faster than the first attempt.
        # TYPE gateway_upstream_hedges_won_total counter
        gateway_upstream_hedges_won_total{upstream="us\"ers"} 52
        # HELP gateway_upstream_call_duration_seconds How long calls took, failed ones included.
        # TYPE gateway_upstream_call_duration_seconds histogram
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.001"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.0025"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.005"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.01"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.025"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.05"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.1"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.25"} 0
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="0.5"} 1
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="1.0"} 5
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="2.5"} 13
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="5.0"} 30
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="10.0"} 63
        gateway_upstream_call_duration_seconds_bucket{upstream="us\"ers",le="+Inf"} 108
        gateway_upstream_call_duration_seconds_sum{upstream="us\"ers"} 929.963084
        gateway_upstream_call_duration_seconds_count{upstream="us\"ers"} 108
        # HELP gateway_upstream_coalesced_total Calls that waited for the answer to another one.
        # TYPE gateway_upstream_coalesced_total counter
        gateway_upstream_coalesced_total{upstream="us\"ers"} 30
        # HELP gateway_upstream_cache_hits_total Calls answered from what is kept.
        # TYPE gateway_upstream_cache_hits_total counter
        gateway_upstream_cache_hits_total{upstream="us\"ers"} 24
        # HELP gateway_upstream_cache_misses_total Calls made for want of a kept answer.
        # TYPE gateway_upstream_cache_misses_total counter
        gateway_upstream_cache_misses_total{upstream="us\"ers"} 27
        # HELP gateway_upstream_cache_stale_total Calls answered with what was fresh no more.
        # TYPE gateway_upstream_cache_stale_total counter
        gateway_upstream_cache_stale_total{upstream="us\"ers"} 25
        # HELP gateway_upstream_cache_bytes Bytes of answers that are kept.
        # TYPE gateway_upstream_cache_bytes gauge
        gateway_upstream_cache_bytes{upstream="us\"ers"} 14254
        # HELP gateway_upstream_circuit_state The circuit breaker: 1 for the state that it is in.
        # TYPE gateway_upstream_circuit_state gauge
        gateway_upstream_circuit_state{upstream="us\"ers",state="closed"} 1
        gateway_upstream_circuit_state{upstream="us\"ers",state="open"} 0
        gateway_upstream_circuit_state{upstream="us\"ers",state="half_open"} 0
        # HELP gateway_upstream_circuit_opened_total How often the circuit opened.
        # TYPE gateway_upstream_circuit_opened_total counter
        gateway_upstream_circuit_opened_total{upstream="us\"ers"} 3
        # HELP gateway_upstream_server_state Whether calls go there: 1 for the state that it is in.
        # TYPE gateway_upstream_server_state gauge
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.1:80",state="up"} 1
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.1:80",state="down"} 0
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.1:80",state="ejected"} 0
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.2:80",state="up"} 1
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.2:80",state="down"} 0
        gateway_upstream_server_state{upstream="us\"ers",server="http://10.0.0.2:80",state="ejected"} 0
        # HELP gateway_upstream_server_removed_total How often it was ejected or went down.
        # TYPE gateway_upstream_server_removed_total counter
        gateway_upstream_server_removed_total{upstream="us\"ers",server="http://10.0.0.1:80"} 0
        gateway_upstream_server_removed_total{upstream="us\"ers",server="http://10.0.0.2:80"} 2

        """#
}
