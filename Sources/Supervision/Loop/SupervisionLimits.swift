/// The limits of the supervisor that the configuration does not set, each with its unit and reason.
package enum SupervisionLimits {
    /// How long a child may take from its start to `ready`; a worker needs some 50 ms, a loaded machine far more.
    package static let start = Duration.seconds(10)
    /// From SIGABRT to SIGKILL for a worker that does not respond: the time to write a backtrace.
    package static let abort = Duration.seconds(2)
    /// From a new worker's start until it has answered its probe, beside the time it has to show that it lives: the time
    /// to start, and as long again.
    package static let probe = Duration.seconds(20)
    /// Between two reloads that were refused or failed, so that a storm of HUP is no storm of reading.
    package static let reloadPause = Duration.milliseconds(100)
    /// How long a new program may take to show that it can start.
    package static let rehearsal = Duration.seconds(10)
    /// How long an upgrade waits for workers that come or go.
    package static let upgradeWait = Duration.seconds(60)
    /// How long a route that is the suspect of crashes is answered with 503, where its configuration wants that.
    package static let quarantine = Duration.seconds(60)
    /// Between two looks at what workers have used up.
    package static let recycleCheck = Duration.seconds(1)
    /// After a worker that was to be recycled could not be replaced.
    package static let recyclePause = Duration.seconds(60)
    /// How long admin and companions may take to leave once the workers are gone; they hold nothing that matters.
    package static let lastDrain = Duration.seconds(2)
    /// Between two looks at the workers' heartbeats, at most; a quarter of the stale limit when that is shorter.
    package static let heartbeatCheck = Duration.seconds(1)
    /// Between two measurements of the rate that systemd's status line shows.
    package static let rate = Duration.seconds(5)
    /// Bytes of a request line on the control socket.
    package static let controlLine = 4_096
    /// Clients of the control socket at a time; more wait in its queue.
    package static let controlClients = 32
    /// How long a control client may take to send its line, and again to read its answer.
    package static let controlClient = Duration.seconds(5)
    /// Bytes of a log line: what a pipe takes in one piece (PIPE_BUF, pipe(7)), so that lines never mix.
    package static let logLine = 4_096
}
