using System.Xml.Linq;
using OrderInventory.Proof.Simulation;

namespace OrderInventory.Proof.Cli;

/// <summary>A defect that this build has behind a switch.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scenario">The scenario where one fault is enough to show it.</param>
/// <param name="Fault">The kind of that fault, as it was last found; null: it needs none, or nobody knows.</param>
/// <param name="IsSeen">False where the auditor, which knows only the HTTP APIs, is known to find nothing.</param>
internal sealed record KnownMutant(string Name, string Scenario, Fault? Fault, bool IsSeen)
{
    /// <summary>All of them; none in the build of the apps as they are.</summary>
    public static KnownMutant[] All { get; } = Read();

    /// <summary>Has the apps behave so until the result is disposed; null: as they are.</summary>
    public static IDisposable? SwitchOn(string? mutant) => mutant is null ? null : new Switch("mutant." + mutant);

    private static KnownMutant[] Read()
    {
        using var list = typeof(KnownMutant).Assembly.GetManifestResourceStream("mutants.xml");
        return list is null ? [] : [.. XDocument.Load(list).Root!.Elements("mutant").Select(mutant => new KnownMutant(mutant.Attribute("name")!.Value, mutant.Attribute("scenario")!.Value, mutant.Attribute("fault") is { } fault ? Enum.Parse<Fault>(fault.Value) : null, mutant.Attribute("unseen") is null))];
    }

    private sealed class Switch : IDisposable
    {
        private readonly string _name;

        public Switch(string name) => AppContext.SetSwitch(_name = name, true);

        public void Dispose() => AppContext.SetSwitch(_name, false);
    }
}
