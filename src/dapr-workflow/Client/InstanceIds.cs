namespace Dapr.Workflow;

/// <summary>The instance ids that every sidecar and every API of it accepts.</summary>
internal static class InstanceIds
{
    private const int Longest = 64;

    /// <summary>Refuses ids that a sidecar would take and then fail on: "::" separates the parts of an activity's id, "||" those of a state key.</summary>
    public static void Validate(string instanceId, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId, parameter);
        if (instanceId.Length > Longest || instanceId.Contains("::", StringComparison.Ordinal) || !instanceId.All(IsAllowed))
            throw new ArgumentException($"An instance id has at most {Longest} characters, of letters, digits, '-', '_' and single ':'.", parameter);
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or ':';
}
