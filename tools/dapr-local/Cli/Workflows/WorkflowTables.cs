using System.Globalization;
using Dapr.TaskHub.Protos;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace DaprLocal.Cli.Workflows;

/// <summary>Instances and histories as tables.</summary>
internal static class WorkflowTables
{
    private const int MaxDetails = 200;

    /// <summary>Many instances.</summary>
    public static Table List(IEnumerable<WorkflowState> instances)
    {
        var table = New("id", "workflow", "status", "created", "updated");
        foreach (var instance in instances) Add(table, instance.InstanceId, instance.Name, Status(instance), Time(instance.CreatedTimestamp), Time(instance.LastUpdatedTimestamp));
        return table;
    }

    /// <summary>One instance with all that it has.</summary>
    public static Table One(WorkflowState instance)
    {
        var table = New("", "").HideHeaders();
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) Add(table, name, value);
        }

        Row("id", instance.InstanceId);
        Row("workflow", instance.Name);
        Row("status", Status(instance));
        Row("version", instance.Version);
        Row("parent", instance.ParentInstanceId);
        Row("created", Time(instance.CreatedTimestamp));
        Row("started", Time(instance.StartedAt));
        Row("updated", Time(instance.LastUpdatedTimestamp));
        Row("custom status", instance.CustomStatus);
        Row("input", instance.Input);
        Row("output", instance.Output);
        Row("failure", instance.FailureDetails is { } failure ? $"{failure.ErrorType}: {failure.ErrorMessage}" : null);
        Row("stack", instance.FailureDetails?.StackTrace);
        return table;
    }

    /// <summary>Events, numbered from behind <paramref name="skipped"/>.</summary>
    public static Table History(IEnumerable<HistoryEvent> events, int skipped)
    {
        var table = New("#", "time", "event", "id", "details");
        foreach (var e in events)
        {
            Add(table, (++skipped).ToString(CultureInfo.InvariantCulture), Time(e.Timestamp), e.EventTypeCase.ToString(), e.EventId < 0 ? "" : e.EventId.ToString(CultureInfo.InvariantCulture), Details(e));
        }

        return table;
    }

    /// <summary>The status in one word.</summary>
    public static string Status(WorkflowState instance) => instance.WorkflowStatus.ToString().ToUpperInvariant();

    /// <summary>UTC with milliseconds; null when it is absent.</summary>
    public static string? Time(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    // What an event says beyond its kind, as its proto-JSON says it.
    private static string Details(HistoryEvent e)
    {
        var field = HistoryEvent.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(e);
        var text = field?.Accessor.GetValue(e) is IMessage message ? JsonFormatter.Default.Format(message) : "";
        return text.Length <= MaxDetails ? text : text[..MaxDetails] + "…";
    }

    private static Table New(params string[] columns) => new Table().Border(TableBorder.Rounded).AddColumns(columns);

    // Ids and payloads may look like markup.
    private static void Add(Table table, params string?[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell ?? ""))]);
}
