/// <summary>Tells the changed places whether their defect is switched on.</summary>
internal static class Mutant
{
    /// <summary>True when the run asks for this mutant.</summary>
    public static bool Is(string name) => AppContext.TryGetSwitch("mutant." + name, out var isOn) && isOn;
}
