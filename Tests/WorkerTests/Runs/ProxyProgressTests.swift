import Base
import Testing

@testable import Worker

struct ProxyProgressTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func progress(webSocketIdle: Duration? = nil) -> ProxyProgress {
        ProxyProgress(
            ProxyProgress.Limits(response: .seconds(10), idle: .seconds(3), webSocketIdle: webSocketIdle),
            at: Self.start)
    }

    private func at(_ seconds: Int) -> MonotonicTime { Self.start + .seconds(seconds) }

    private func due(_ progress: ProxyProgress, now: Int = 0, slow: Bool = false, whole: Bool = true) -> MonotonicTime {
        progress.due(at: at(now), clientIsSlow: slow, bodyIsWhole: whole)
    }

    @Test("the body is handed out once the call is there and wants it, in either order, and later only more of it")
    func bodySteps() {
        var early = progress()
        #expect(early.wantsBody() == .none && early.callIsThere() == .begin && early.wantsBody() == .resume)
        var late = progress()
        #expect(late.callIsThere() == .none && late.wantsBody() == .begin && late.wantsBody() == .resume)
        var withdrawn = progress()
        #expect(withdrawn.wantsBody() == .none)
        withdrawn.bodyHasToWait()
        #expect(withdrawn.callIsThere() == .none && withdrawn.wantsBody() == .begin)
    }

    @Test("before the answer a request has its time, and a body that is on its way may pause for as long as idle says")
    func beforeAnswer() {
        var progress = progress()
        #expect(due(progress) == at(10))
        _ = progress.callIsThere()
        _ = progress.wantsBody()
        #expect(due(progress, whole: false) == at(3))
        progress.bodyMoved(hasRoom: true, at: at(2))
        #expect(due(progress, whole: false) == at(5))
        // The whole body is out: the answer's time begins with its last piece.
        #expect(due(progress, whole: true) == at(12))
    }

    @Test("from the answer's head on idle counts, anew with each piece, and not while the client is slow")
    func answer() {
        var progress = progress()
        progress.began(status: 200)
        progress.moved(at: at(1))
        #expect(due(progress) == at(4))
        progress.received(7, at: at(2))
        progress.received(5, at: at(3))
        #expect(due(progress) == at(6) && progress.bytes == 12 && progress.status == 200)
        #expect(due(progress, now: 100, slow: true) == at(103))
    }

    @Test("a WebSocket has its own idle time, where there is one")
    func webSocket() {
        for (idle, seconds) in [(Duration.seconds(60), 60), (nil, 3)] {
            var progress = progress(webSocketIdle: idle)
            progress.began(status: 101)
            #expect(progress.isWebSocket && due(progress) == at(seconds))
        }
    }

    @Test("it is the client that is late only where its body was asked for, is not whole, and has room to go")
    func whoIsLate() {
        var progress = progress()
        #expect(!progress.waitsForBody(bodyIsWhole: false))
        _ = progress.callIsThere()
        _ = progress.wantsBody()
        #expect(progress.waitsForBody(bodyIsWhole: false) && !progress.waitsForBody(bodyIsWhole: true))
        progress.bodyMoved(hasRoom: false, at: at(1))
        #expect(!progress.waitsForBody(bodyIsWhole: false))
        progress.hasRoomForBody(at: at(2))
        #expect(progress.waitsForBody(bodyIsWhole: false))
        progress.began(status: 200)
        #expect(!progress.waitsForBody(bodyIsWhole: false))
    }
}
