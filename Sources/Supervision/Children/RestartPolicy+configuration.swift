package import Configuration

extension RestartPolicy.Settings {
    /// The policy that the configuration's `restart` asks for.
    package init(_ settings: RestartSettings) {
        self.init()
        backoff = settings.backoff
        backoffMax = settings.backoffMax
        resetAfter = settings.resetAfter
        intensity = settings.intensity
        period = settings.period
        hold = settings.hold
    }
}
