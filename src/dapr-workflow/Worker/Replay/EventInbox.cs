using Dapr.Common.Serialization;
using Dapr.TaskHub.Protos;
using Google.Protobuf.Collections;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>External events by name, without regard to case: the oldest event goes to the oldest wait, and what nobody waits for is kept.</summary>
internal sealed class EventInbox(TurnState state, IDaprSerializer serializer)
{
    private readonly Dictionary<string, Mailbox> _mailboxes = new(StringComparer.OrdinalIgnoreCase);
    private int _arrivals;

    /// <summary>Delivers an event to the oldest wait, or keeps it.</summary>
    public void Raise(HistoryEvent raised)
    {
        var mailbox = Get(raised.EventRaised.Name);
        while (mailbox.Waiters.TryDequeue(out var waiter))
        {
            if (!waiter.TryClose()) continue;
            waiter.Complete(raised.EventRaised.Input, serializer);
            return;
        }

        mailbox.Events.Enqueue((_arrivals++, raised));
    }

    /// <summary>Takes a kept event, if there is one.</summary>
    public bool TryTake(string name, out string? payload)
    {
        if (_mailboxes.TryGetValue(name, out var mailbox) && mailbox.Events.TryDequeue(out var kept))
        {
            payload = kept.Event.EventRaised.Input;
            return true;
        }

        payload = null;
        return false;
    }

    /// <summary>Registers a wait.</summary>
    public void Wait(string name, EventWaiter waiter)
    {
        state.OpenWaits++;
        Get(name).Waiters.Enqueue(waiter);
    }

    /// <summary>Adds the kept events, as they came and in order of arrival.</summary>
    public void WriteKept(RepeatedField<HistoryEvent> events)
    {
        foreach (var kept in _mailboxes.Values.SelectMany(mailbox => mailbox.Events).OrderBy(kept => kept.Order)) events.Add(kept.Event);
    }

    private Mailbox Get(string name)
    {
        if (!_mailboxes.TryGetValue(name, out var mailbox)) _mailboxes.Add(name, mailbox = new Mailbox());
        return mailbox;
    }

    private sealed class Mailbox
    {
        public Queue<(int Order, HistoryEvent Event)> Events { get; } = new();

        public Queue<EventWaiter> Waiters { get; } = new();
    }
}
