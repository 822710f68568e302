namespace CdcLab.Runtime.View;

/// <summary>What a resource has to do with another one.</summary>
/// <param name="Resource">The other one.</param>
/// <param name="Type"><see cref="Parent"/>, <see cref="WaitFor"/> or <see cref="Reference"/>.</param>
public sealed record RelationshipView(string Resource, string Type)
{
    /// <summary>It is a part of the other.</summary>
    public const string Parent = "Parent";

    /// <summary>It is started after the other.</summary>
    public const string WaitFor = "WaitFor";

    /// <summary>It talks to the other.</summary>
    public const string Reference = "Reference";
}
