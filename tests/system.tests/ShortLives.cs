using System.Runtime.CompilerServices;

namespace OrderInventory.System.Tests;

/// <summary>Processes of these tests live for seconds. Compiling their busiest code a second time, as .NET does, costs a third of all they use and pays only later.</summary>
internal static class ShortLives
{
    public const string Variable = "DOTNET_TC_CallCountingDelayMs";

    // The second compilation begins when nothing new was compiled for so long, in hexadecimal milliseconds as the runtime reads it.
    [ModuleInitializer]
    public static void Begin() => Environment.SetEnvironmentVariable(Variable, "1388");
}
