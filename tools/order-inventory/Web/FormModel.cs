using OrderInventory.Cli;

namespace OrderInventory.Web;

/// <summary>The model of a page with a form that searches. What an app refuses of it is shown at its field, in the form as it was filled.</summary>
public interface IFormModel
{
    /// <summary>What is wrong, by the name of the field; empty when nothing is.</summary>
    IReadOnlyDictionary<string, string> Wrong { get; }
}

/// <summary>Finds the fields of what an app refused.</summary>
internal static class FormModel
{
    /// <summary>The parameter that a link to a further page has; no field, so what is wrong with it is shown below the form.</summary>
    public const string Cursor = "cursor";

    /// <summary>What is wrong by field, for a request whose parameters have these fields; null when something else than a field is.</summary>
    public static IReadOnlyDictionary<string, string>? Wrong(this RefusedException refused, IReadOnlyDictionary<string, string> fields) =>
        refused.Errors.Count > 0 && refused.Errors.Keys.All(fields.ContainsKey) ? refused.Errors.ToDictionary(error => fields[error.Key], error => error.Value) : null;
}
